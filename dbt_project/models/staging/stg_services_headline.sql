{{ staged_observations(
    'services_headline',
    'services',
    'services_headline_rows',
    'item_code',
    'codes.flow',
    'not codes.is_ebops_item'
) }}
