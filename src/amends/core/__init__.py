"""What everyone needs and nobody owns: settings, database, clock, errors, log, and the plug-in sockets."""
