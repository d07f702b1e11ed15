"""What we tell them: segments, templates, automations, outbox. Comes with the campaigns issue."""
