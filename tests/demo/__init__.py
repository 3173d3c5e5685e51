"""Tests of the invented crowd."""
