with items as (

    select * from {{ ref('ebops_items') }}

)

select
    item_code,
    item_name,
    parent_item_code,
    level,
    sort_order,
    is_main_item,
    bpm6_code,
    'TS_GP_BOP_TRDSER_M.SCM' || easydata_suffix as easydata_exports_key,
    'TS_GP_BOP_TRDSER_M.SDM' || easydata_suffix as easydata_imports_key
from items
order by sort_order
