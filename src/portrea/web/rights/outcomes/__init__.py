"""From a right detected to a right opened: the log of a territoire zéro non-recours."""
