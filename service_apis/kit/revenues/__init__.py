"""Revenues: what council tax, business rates and rents have in common.

``financial_year`` reckons years and shares of a yearly charge; ``instalments`` is an account with its
ledger, plan and arrears; ``billing`` the bills sent on it; ``payments`` what is paid; ``parties`` those
who answer for it; ``payers`` how pretend people pay. Tables are mixins, named by the service.
"""
