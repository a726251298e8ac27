{{ staged_observations(
    'easydata_exchange_rates',
    'exchange_rates',
    'easydata_exchange_rate_series',
    'currency_code',
    "'average'",
    is_of="observations.row_key = 'ts_gp_er_faerpkr_m.' || lower(codes.series_code)"
) }}
