"""Measurements, run by `make bench`. Ratios are taken side by side in one run; nothing here fails on a slow machine."""
