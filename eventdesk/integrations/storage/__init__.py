"""Files kept elsewhere, in storage that speaks S3."""
