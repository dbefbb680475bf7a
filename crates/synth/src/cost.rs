//! What a made-up stay costs and how long it lasts: whole numbers only.
//!
//! cost = weight × rate × spread × institution × event, rounded half up to the fen. The spread is a
//! log-normal distribution cut into a hundred equal parts (sigma 0.45, mean 1), so a few stays cost two or
//! three times the usual; events make the long tails on both sides.

use yibao_kernel::Fen;

use crate::draw::Draw;
use crate::region::Level;

/// The middle of each hundredth of a log-normal distribution, in thousandths: `exp(0.45 z)`, `z` the normal
/// quantile at (i + 0.5) / 100, scaled to a mean of 1 (the printed numbers average 0.99997).
pub(crate) const SPREAD: [i64; 100] = [
    284, 341, 375, 400, 422, 441, 458, 474, 488, 502, 515, 527, 539, 551, 562, 573, 584, 594, 605, 615, 625, 635, 644,
    654, 663, 673, 682, 692, 701, 710, 719, 729, 738, 747, 756, 766, 775, 784, 794, 803, 812, 822, 831, 841, 851, 860,
    870, 880, 890, 900, 910, 921, 931, 942, 952, 963, 974, 986, 997, 1009, 1020, 1032, 1045, 1057, 1070, 1083, 1096,
    1110, 1124, 1139, 1153, 1169, 1184, 1201, 1217, 1235, 1253, 1272, 1291, 1311, 1333, 1355, 1378, 1403, 1429, 1457,
    1487, 1519, 1553, 1591, 1632, 1678, 1730, 1789, 1858, 1941, 2046, 2186, 2403, 2885,
];

/// What sets a stay apart from the usual one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Nothing.
    Usual,
    /// Broken off in the first days.
    Incomplete,
    /// One or two days, little done.
    Short,
    /// More than sixty days.
    Long,
    /// Far dearer than the group.
    Dear,
}

impl Event {
    /// How often, in ten thousand: incomplete 30, short 150, long 40, dear 100.
    pub fn draw(draw: &mut Draw) -> Self {
        const EVENTS: [Event; 5] = [Event::Usual, Event::Incomplete, Event::Short, Event::Long, Event::Dear];
        EVENTS.get(draw.by_share(&[9680, 30, 150, 40, 100])).copied().unwrap_or(Event::Usual)
    }

    /// Its part in the cost, in thousandths.
    fn times(self, draw: &mut Draw) -> i64 {
        i64::from(match self {
            Event::Usual => 1000,
            Event::Incomplete => draw.between(150, 600),
            Event::Short => draw.between(120, 380),
            Event::Long => draw.between(2000, 5000),
            Event::Dear => draw.between(2500, 8000),
        })
    }
}

fn spread(draw: &mut Draw) -> i64 {
    SPREAD.get(draw.index(SPREAD.len())).copied().unwrap_or(1000)
}

/// Days of stay for a group of this weight (ten-thousandths): about 5 + 3 × weight, at most 40, spread the same way.
pub fn los_days(weight: i64, event: Event, draw: &mut Draw) -> i32 {
    match event {
        Event::Incomplete => return draw.between(1, 3),
        Event::Short => return draw.between(1, 2),
        Event::Long => return draw.between(61, 130),
        Event::Usual | Event::Dear => {}
    }
    let usual = (50_000 + 3 * weight).min(400_000);
    let days = (usual * spread(draw) + 5_000_000) / 10_000_000;
    i32::try_from(days.clamp(1, 60)).unwrap_or(60)
}

/// The cost of a stay. `weight` in ten-thousandths, `rate` per weight of 1, `institution` in thousandths.
pub fn cost(weight: i64, rate: Fen, institution: i64, event: Event, draw: &mut Draw) -> Fen {
    let factors = i128::from(spread(draw)) * i128::from(institution) * i128::from(event.times(draw));
    let scale = 10_000_i128 * 1_000_000_000;
    let fen = (i128::from(weight) * i128::from(rate.get()) * factors + scale / 2) / scale;
    Fen::new(i64::try_from(fen.max(1)).unwrap_or(i64::MAX))
}

/// What the patient and other payers pay, in thousandths of the cost: about 30% over all; more at higher
/// levels, more for residents.
pub fn patient_share(employee: bool, level: Level, draw: &mut Draw) -> i64 {
    let (low, high) = match (employee, level) {
        (true, Level::Tertiary) => (200, 320),
        (true, Level::Secondary) => (160, 260),
        (true, Level::Primary) => (100, 200),
        (false, Level::Tertiary) => (320, 460),
        (false, Level::Secondary) => (240, 360),
        (false, Level::Primary) => (160, 260),
    };
    i64::from(draw.between(low, high))
}

/// The patient's part, rounded half up to the fen.
pub fn patient(cost: Fen, share: i64) -> Fen {
    let fen = (i128::from(cost.get()) * i128::from(share) + 500) / 1000;
    Fen::new(i64::try_from(fen).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_average_close_to_weight_times_rate() {
        let mut draw = Draw::new(5, 5);
        let rate = Fen::new(1_000_000);
        let total: i64 = (0..20_000).map(|_| cost(15_000, rate, 1000, Event::Usual, &mut draw).get()).sum();
        let mean = total / 20_000;
        assert!((1_480_000..1_520_000).contains(&mean), "{mean}");
    }

    #[test]
    fn some_stays_cost_more_than_twice_the_usual() {
        let mut draw = Draw::new(6, 6);
        let rate = Fen::new(1_000_000);
        let dear = (0..10_000)
            .filter(|_| {
                let event = Event::draw(&mut draw);
                cost(10_000, rate, 1000, event, &mut draw).get() > 2_000_000
            })
            .count();
        assert!((400..800).contains(&dear), "{dear}");
    }

    #[test]
    fn long_stays_are_longer_than_sixty_days_and_usual_ones_are_not() {
        let mut draw = Draw::new(7, 7);
        for _ in 0..1000 {
            assert!(los_days(10_000, Event::Long, &mut draw) > 60);
            assert!((1..=60).contains(&los_days(200_000, Event::Usual, &mut draw)));
        }
    }

    #[test]
    fn the_patients_part_is_rounded_half_up() {
        assert_eq!(patient(Fen::new(1_005), 300), Fen::new(302));
        assert_eq!(patient(Fen::new(1_004), 300), Fen::new(301));
    }
}
