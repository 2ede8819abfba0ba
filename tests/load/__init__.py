"""`make load`: what the running product carries, how it says no, and what it would be on AWS, projected from seconds.

Entry: ``python -m tests.load``. Arrivals are scheduled, whether or not earlier ones have been answered (an open model):
a closed loop would slow down with the product and hide where it bends (Schroeder, Wierman, Harchol-Balter, NSDI 2006).
"""
