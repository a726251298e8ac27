with releases as (

    select * from {{ ref('stg_releases') }}

),

files as (

    select * from {{ ref('stg_release_files') }}

),

of_release as (

    select
        release_id,
        count(*) filter (status = 'landed') as files_landed,
        count(*) filter (status = 'quarantined') as files_quarantined,
        max(latest_period_ends_on) as latest_period_ends_on,
        max(published_on) filter (status = 'landed') as latest_published_on
    from files
    group by release_id

)

select
    releases.release_id,
    releases.title,
    releases.description,
    releases.kind,
    releases.series,
    releases.tier,
    releases.basis,
    releases.precision_in_words,
    releases.tolerance_usd_mn::decimal(18, 6) as tolerance_usd_mn,
    releases.cadence,
    releases.usual_lag_days,
    releases.overdue_after_days,
    releases.addresses,
    coalesce(of_release.files_landed, 0)::integer as files_landed,
    coalesce(of_release.files_quarantined, 0)::integer as files_quarantined,
    of_release.latest_period_ends_on,
    of_release.latest_published_on
from releases
left join of_release on releases.release_id = of_release.release_id
