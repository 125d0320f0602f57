"""The desk: rules decide, actions do, the store remembers, notifiers tell."""
