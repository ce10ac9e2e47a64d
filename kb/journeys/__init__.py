"""What users do, each journey a function that gives data and prints nothing."""
