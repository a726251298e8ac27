-- Corrections and whether they hold: only those whose cell prints what was looked at are in force, and only
-- as long as SBP has published no other file of the same month.
with corrections as (

    select * from {{ ref('stg_corrections') }}

),

files as (

    select * from {{ ref('int_release_files') }}

),

observations as (

    select * from {{ ref('int_releases_unioned') }}

),

printed as (

    select
        corrections.correction_id,
        any_value(observations.value_as_printed) as found
    from corrections
    inner join observations
        on
            corrections.release_id = observations.release_id
            and corrections.file_sha256 = observations.file_sha256
            and corrections.sheet = observations.sheet
            and corrections.cell = observations.cell
    group by corrections.correction_id

),

-- Another file of the same month: SBP has had the chance to mend it.
republished as (

    select
        corrections.correction_id,
        min(other.file_sha256) as other_file_sha256
    from corrections
    inner join files as this
        on corrections.release_id = this.release_id and corrections.file_sha256 = this.file_sha256
    inner join files as other
        on
            this.release_id = other.release_id
            and this.latest_period_ends_on = other.latest_period_ends_on
            and this.file_sha256 <> other.file_sha256
    group by corrections.correction_id

)

select
    corrections.*,
    printed.found,
    republished.other_file_sha256,
    case
        when files.file_sha256 is null then 'waiting'
        when printed.found is null or printed.found <> corrections.as_printed then 'mistaken'
        when republished.other_file_sha256 is not null then 'expired'
        else 'in_force'
    end as state
from corrections
left join files
    on corrections.release_id = files.release_id and corrections.file_sha256 = files.file_sha256
left join printed on corrections.correction_id = printed.correction_id
left join republished on corrections.correction_id = republished.correction_id
