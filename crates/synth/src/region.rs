//! The institutions of a made-up region. Every name says that it is fictional.

use crate::draw::Draw;
use crate::error::SynthError;

/// Fewest institutions: one of each level.
pub const INSTITUTIONS_MIN: usize = 3;
/// Most institutions.
pub const INSTITUTIONS_MAX: usize = 5_000;

/// Level of an institution.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// 三级
    Tertiary,
    /// 二级
    Secondary,
    /// 一级
    Primary,
}

impl Level {
    /// The word in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Tertiary => "tertiary",
            Level::Secondary => "secondary",
            Level::Primary => "primary",
        }
    }
}

/// One institution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Institution {
    /// `H0001`.
    pub id: String,
    /// Chinese name, with “（虚构）”.
    pub name: String,
    /// Level.
    pub level: Level,
    /// District.
    pub district: &'static str,
    /// How dear it is, in thousandths of the region's usual cost.
    pub dear: i64,
}

/// The districts; their names are the first of the ten celestial stems, no places.
pub const DISTRICTS: [&str; 6] = ["甲区", "乙区", "丙区", "丁县", "戊县", "己县"];

/// Makes `count` institutions: a fifth tertiary, two fifths secondary, the rest primary.
///
/// # Errors
/// A count out of range.
pub fn institutions(count: usize, seed: u64) -> Result<Vec<Institution>, SynthError> {
    if !(INSTITUTIONS_MIN..=INSTITUTIONS_MAX).contains(&count) {
        return Err(SynthError::OutOfRange {
            what: format!("{count} institutions"),
            hint: format!("ask for {INSTITUTIONS_MIN} to {INSTITUTIONS_MAX}: there must be one of each level"),
        });
    }
    let tertiary = (count / 5).max(1);
    let secondary = (count * 2 / 5).max(1);
    let mut draw = Draw::new(seed, u64::MAX);
    let mut numbers = [[0_usize; DISTRICTS.len()]; 3];
    let mut list = Vec::with_capacity(count);
    for at in 0..count {
        let (level, kind, usual) = if at < tertiary {
            (Level::Tertiary, "医院", 1060)
        } else if at < tertiary + secondary {
            (Level::Secondary, "人民医院", 950)
        } else {
            (Level::Primary, "卫生院", 850)
        };
        let place = at % DISTRICTS.len();
        let district = DISTRICTS.get(place).copied().unwrap_or("甲区");
        let number = numbers.get_mut(level as usize).and_then(|row| row.get_mut(place)).map_or(0, |number| {
            *number += 1;
            *number
        });
        list.push(Institution {
            id: format!("H{:04}", at + 1),
            name: format!("{district}第{}{kind}（虚构）", numeral(number)),
            level,
            district,
            dear: usual + i64::from(draw.between(-90, 90)),
        });
    }
    Ok(list)
}

/// A number from 1 to 99 999 in Chinese numerals: 一, 十, 十二, 二十, 一百零五.
fn numeral(number: usize) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const PLACES: [(usize, &str); 5] = [(10_000, "万"), (1_000, "千"), (100, "百"), (10, "十"), (1, "")];
    let mut text = String::new();
    let (mut left, mut gap) = (number, false);
    for (size, place) in PLACES {
        let digit = left / size % 10;
        left %= size;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
        }
        gap = false;
        let leading_ten = size == 10 && digit == 1 && text.is_empty();
        if !leading_ten {
            text.push_str(DIGITS.get(digit).copied().unwrap_or(""));
        }
        text.push_str(place);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_institutions_are_of_three_levels_and_every_name_says_fictional() {
        let list = institutions(60, 1).unwrap();
        let count = |level| list.iter().filter(|one| one.level == level).count();
        assert_eq!((count(Level::Tertiary), count(Level::Secondary), count(Level::Primary)), (12, 24, 24));
        assert!(list.iter().all(|one| one.name.ends_with("（虚构）")));
        assert_eq!(list[0].name, "甲区第一医院（虚构）");
        let mut names: Vec<_> = list.iter().map(|one| &one.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 60);
    }

    #[test]
    fn too_few_or_too_many_institutions_are_refused() {
        assert_eq!(
            institutions(2, 1).unwrap_err().to_string(),
            "2 institutions\n  hint: ask for 3 to 5000: there must be one of each level"
        );
        assert!(institutions(5_001, 1).is_err());
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (number, text) in
            [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (105, "一百零五"), (110, "一百一十")]
        {
            assert_eq!(numeral(number), text);
        }
    }
}
