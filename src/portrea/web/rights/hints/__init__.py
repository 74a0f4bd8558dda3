"""What one person may claim: questions, answers, paper to carry away."""
