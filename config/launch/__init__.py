"""Starts and stops the product on one machine: servers, processes, tests. Called by the Makefile.

Imports neither Django nor Celery: what it starts must find an environment that nobody has touched.
"""
