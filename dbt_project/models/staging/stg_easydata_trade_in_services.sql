{% set is_of -%}
    observations.row_key in (
        'ts_gp_bop_trdser_m.scm' || codes.easydata_suffix,
        'ts_gp_bop_trdser_m.sdm' || codes.easydata_suffix,
        'ts_gp_bop_trdser_m.snm' || codes.easydata_net_suffix
    )
{%- endset %}

{{ staged_observations(
    'easydata_trade_in_services',
    'services',
    'ebops_items',
    'item_code',
    flow_of('observations.flow_label'),
    is_of=is_of
) }}
