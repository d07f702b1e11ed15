"""Who they are, and how to reach them: profile, identities, stores, staff, access policy, receipts."""
