"""The time-and-queue door: a Celery app, a beat table, and tasks of a few lines that do whatever the database says is undone."""
