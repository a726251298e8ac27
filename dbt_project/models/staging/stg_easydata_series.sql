{% set prefixes = {'exports': 'scm', 'imports': 'sdm', 'balance': 'snm'} -%}

-- What each series of EasyData is about. Its key is made of a code in the seeds, as the catalogue's
-- templates (`SCM{easydata_suffix}`) say.
with items as (

    select * from {{ ref('ebops_items') }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}
    where line_code like 'P%'

),

rates as (

    select * from {{ ref('easydata_exchange_rate_series') }}

)

{% for flow, prefix in prefixes.items() %}
select
    'ts_gp_bop_trdser_m.{{ prefix }}'
    || lower({{ 'easydata_net_suffix' if flow == 'balance' else 'easydata_suffix' }}) as row_key,
    item_code as code,
    '{{ flow }}' as flow,
    false as is_memorandum
from items
union all
{% endfor %}
select
    'ts_gp_bop_bpm6sum_m.' || lower(line_code) as row_key,
    line_code as code,
    'amount' as flow,
    is_memorandum
from lines
union all
select
    'ts_gp_er_faerpkr_m.' || lower(series_code) as row_key,
    currency_code as code,
    'average' as flow,
    false as is_memorandum
from rates
