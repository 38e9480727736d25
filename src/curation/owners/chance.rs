//! How likely it is that a device and a phone that have nothing to do with each other share so many instants.

/// An upper bound for the logarithm to base 10 of the probability that independent events, `expected` of which are
/// expected, happen `count` times or more, whatever the probability of each: the Chernoff bound of a Poisson binomial
/// variable, (e·λ/k)ᵏ·e⁻ᵏ·… = exp(k − λ − k·ln(k/λ)) for k > λ.
///
/// Source: H. Chernoff, "A measure of asymptotic efficiency for tests of a hypothesis based on the sum of observations",
/// Annals of Mathematical Statistics 23 (1952); that it holds for unequal probabilities: W. Hoeffding, "On the
/// distribution of the number of successes in independent trials", Annals of Mathematical Statistics 27 (1956).
pub fn log10_tail(count: u32, expected: f64) -> f64 {
    let count = f64::from(count);
    if count <= expected || count == 0.0 {
        return 0.0;
    }
    if expected <= 0.0 {
        return f64::NEG_INFINITY;
    }
    (count - expected - count * (count / expected).ln()) / std::f64::consts::LN_10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact tail of a sum of independent yes-or-no events, by adding them up one after another.
    fn exact(probabilities: &[f64], count: usize) -> f64 {
        let mut of = vec![0.0; probabilities.len() + 1];
        of[0] = 1.0;
        for p in probabilities {
            for k in (0..of.len()).rev() {
                of[k] = of[k] * (1.0 - p) + if k > 0 { of[k - 1] * p } else { 0.0 };
            }
        }
        of[count..].iter().sum()
    }

    #[test]
    fn the_bound_is_never_below_the_exact_probability_and_not_far_above() {
        for probabilities in [vec![0.001; 30], vec![0.2; 12], (1..=20).map(|i| f64::from(i) / 200.0).collect()] {
            let expected: f64 = probabilities.iter().sum();
            for count in 1..=probabilities.len() {
                let (bound, exact) = (log10_tail(count as u32, expected), exact(&probabilities, count).log10());
                assert!(bound >= exact - 1e-9, "{count}: {bound} {exact}");
                // e^k·k!/k^k grows with the root of k only; what is left is that the Poisson tail is above the binomial's.
                assert!(count > 8 || bound - exact < 4.0, "{count}: {bound} {exact}");
            }
        }
    }

    #[test]
    fn what_is_expected_is_no_surprise() {
        assert_eq!(log10_tail(0, 0.0), 0.0);
        assert_eq!(log10_tail(3, 3.0), 0.0);
        assert_eq!(log10_tail(1, 0.0), f64::NEG_INFINITY);
    }
}
