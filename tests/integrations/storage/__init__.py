"""Storage that speaks S3: moto's server as a process of its own."""
