"""What the measures of `scripts/bench` share."""
