"""What is this post? Language, mood, urgency, and how sure we are. No database, no web."""
