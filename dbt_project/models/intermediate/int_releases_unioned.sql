{{ config(materialized='view') }}
{% set releases = [
    'trade_in_services',
    'trade_in_services_pdf',
    'trade_in_services_archive',
    'services_headline',
    'services_headline_archive',
    'easydata_trade_in_services',
    'balance_of_payments_summary',
    'balance_of_payments_monthly_archive',
    'balance_of_payments_quarterly_archive',
    'easydata_balance_of_payments',
    'goods_trade',
    'exchange_rates',
    'easydata_exchange_rates',
    'workers_remittances',
    'foreign_exchange_reserves',
] %}

-- The observations of every release of files: a new release is one more name above.
{% for release in releases %}
select * from {{ ref('stg_' ~ release) }}
{{ 'union all by name' if not loop.last }}
{% endfor %}
