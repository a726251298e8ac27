{{ staged_observations(
    'balance_of_payments_quarterly_archive',
    'balance_of_payments',
    'balance_of_payments_lines',
    'line_code',
    is_memorandum='codes.is_memorandum'
) }}
