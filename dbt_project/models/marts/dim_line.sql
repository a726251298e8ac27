with lines as (

    select * from {{ ref('balance_of_payments_lines') }}

)

select
    line_code,
    line_name,
    row_key as line_path,
    parent_line_code,
    sort_order,
    unit,
    is_stock,
    is_memorandum,
    case when line_code like 'P%' then 'TS_GP_BOP_BPM6SUM_M.' || line_code end as easydata_key
from lines
order by sort_order
