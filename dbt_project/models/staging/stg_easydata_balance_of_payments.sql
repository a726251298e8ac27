{{ staged_observations(
    'easydata_balance_of_payments',
    'balance_of_payments',
    'balance_of_payments_lines',
    'line_code',
    is_memorandum='codes.is_memorandum',
    is_of="observations.row_key = 'ts_gp_bop_bpm6sum_m.' || lower(codes.line_code)"
) }}
