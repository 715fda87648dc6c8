"""Networks that do not ship, but teach one that does: five wide ones, each on four fifths of the pictures."""
