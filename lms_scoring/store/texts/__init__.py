"""What people wrote, and which hand-ins are alike."""
