{{ staged_observations('balance_of_payments_monthly_archive') }}
