{{ staged_observations('balance_of_payments_quarterly_archive') }}
