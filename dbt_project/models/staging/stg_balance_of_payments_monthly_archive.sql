{{ staged_observations(
    'balance_of_payments_monthly_archive',
    'balance_of_payments',
    'balance_of_payments_lines',
    'line_code',
    is_memorandum='codes.is_memorandum'
) }}
