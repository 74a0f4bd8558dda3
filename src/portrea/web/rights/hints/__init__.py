"""What one person may claim: questions, an estimate, paper to carry away. Nothing is kept."""
