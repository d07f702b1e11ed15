"""What they have earned: points, tiers, coupons. Comes with the loyalty issue."""
