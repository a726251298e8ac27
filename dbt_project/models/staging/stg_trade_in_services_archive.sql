{{ staged_observations(
    'trade_in_services_archive',
    'services',
    'ebops_item_labels',
    'item_code',
    flow_of('observations.flow_label')
) }}
