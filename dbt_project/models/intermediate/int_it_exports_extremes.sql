-- One row a month for which IT exports are known: since when no month was as low, and since when none as
-- high. Unknown where a month in between is.
with months as (

    select
        month,
        exports_usd_mn,
        row_number() over (order by month) as place
    from {{ ref('int_services_changes') }}
    where item_code = '9' and exports_usd_mn is not null

),

places as (

    select
        this.month,
        this.place,
        max(before.month) filter (before.exports_usd_mn <= this.exports_usd_mn) as as_low_month,
        max(before.place) filter (before.exports_usd_mn <= this.exports_usd_mn) as as_low_place,
        max(before.month) filter (before.exports_usd_mn >= this.exports_usd_mn) as as_high_month,
        max(before.place) filter (before.exports_usd_mn >= this.exports_usd_mn) as as_high_place
    from months as this
    left join months as before on this.place > before.place
    group by this.month, this.place

)

select
    month,
    case when place - as_low_place = datediff('month', as_low_month, month) then as_low_month end
        as lowest_since_month,
    case when place - as_high_place = datediff('month', as_high_month, month) then as_high_month end
        as highest_since_month
from places
