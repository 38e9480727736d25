//! Holds the colours to the contrast that they need, and to being told apart.

use super::*;

/// The light of a channel of sRGB.
fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

/// The contrast ratio of WCAG 2.1, of its relative luminances (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio).
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance =
        |color: Color32| 0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b());
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

const ALL: [(&str, Palette, f64); 4] = [
    ("dark", DARK, 4.5),
    ("light", LIGHT, 4.5),
    ("dark, strong", DARK_STRONG, 7.0),
    ("light, strong", LIGHT_STRONG, 7.0),
];

/// WCAG 2.1, 1.4.3 and with strong contrast 1.4.6.
#[test]
fn all_text_can_be_read_on_all_grounds() {
    for (name, palette, least) in ALL {
        let Palette { base, panel, raised, accent_soft, warning_soft, .. } = palette;
        for ground in [base, panel, raised, accent_soft, warning_soft] {
            for ink in [palette.text, palette.weak, palette.accent, palette.warning] {
                let found = contrast(ink, ground);
                assert!(found >= least, "{name}: {ink:?} on {ground:?}: {found:.2}");
            }
        }
        // Of a query, which is written on the base.
        for ink in [palette.other, palette.quoted] {
            assert!(contrast(ink, base) >= least, "{name}: {ink:?} on {base:?}: {:.2}", contrast(ink, base));
        }
        // A button that stands out is painted the other way round.
        assert!(contrast(base, palette.accent) >= least, "{name}");
        let hovered = if least > 4.5 { raised } else { palette.line };
        assert!(contrast(palette.text, hovered) >= least, "{name}: a button under the pointer");
    }
}

/// WCAG 2.1, 1.4.11: curves, marks, edges of what can be used, and the ring of the focus.
#[test]
fn what_has_a_meaning_stands_out_from_all_grounds() {
    for (name, palette, least) in ALL {
        let Palette { accent, warning, dropped, other, edge, .. } = palette;
        for ground in [palette.base, palette.panel] {
            for ink in [accent, warning, other, edge] {
                assert!(contrast(ink, ground) >= 3.0, "{name}: {ink:?} on {ground:?}");
            }
        }
        // Charts stand on the base, and are shaded where somebody had not agreed yet and where a range is chosen.
        assert!(contrast(dropped, palette.base) >= 3.0, "{name}: {:.2}", contrast(dropped, palette.base));
        for shade in [palette.warning_soft, palette.accent_soft] {
            for ink in [accent, warning, other] {
                assert!(contrast(ink, shade) >= 3.0, "{name}: {ink:?} on {shade:?}");
            }
        }
        for ground in [palette.raised, palette.accent_soft, palette.warning_soft] {
            assert!(contrast(accent, ground) >= 3.0, "{name}: the focus on {ground:?}");
        }
        if least > 4.5 {
            assert!(contrast(palette.line, palette.base) >= 3.0, "{name}: lines between parts");
        }
    }
}

/// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6),
/// 2009: nobody's sight, protanopia, deuteranopia, tritanopia, all at their full severity, on linear light.
const SIGHTS: [(&str, [[f64; 3]; 3]); 4] = [
    ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
];

/// L*, a* and b* (CIE 1976, D65) of a colour as it is seen.
fn seen(color: Color32, sight: &[[f64; 3]; 3]) -> [f64; 3] {
    let light = [color.r(), color.g(), color.b()].map(linear);
    let dot = |row: &[f64; 3]| row.iter().zip(light).map(|(weight, light)| weight * light).sum::<f64>();
    let [r, g, b] = [dot(&sight[0]), dot(&sight[1]), dot(&sight[2])].map(|light| light.clamp(0.0, 1.0));
    let share = |value: f64, white: f64| match value / white {
        share if share > 0.008856 => share.cbrt(),
        share => 7.787 * share + 16.0 / 116.0,
    };
    let x = share(0.4124564 * r + 0.3575761 * g + 0.1804375 * b, 0.95047);
    let y = share(0.2126729 * r + 0.7151522 * g + 0.0721750 * b, 1.0);
    let z = share(0.0193339 * r + 0.1191920 * g + 0.9503041 * b, 1.08883);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Pictures are saved in the colours of the window.
#[test]
fn pictures_have_the_colours_of_the_window() {
    use crate::picture::scene::Scene;
    use crate::picture::{Coloring, svg};
    for (palette, coloring) in [(DARK, Coloring::Dark), (LIGHT, Coloring::Light)] {
        let text = svg(&Scene::default(), "", coloring);
        for (name, color) in [
            ("ground", palette.base),
            ("text", palette.text),
            ("weak", palette.weak),
            ("kept", palette.accent),
            ("dropped", palette.dropped),
            ("other", palette.other),
            ("foreign", palette.warning),
            ("before-consent", palette.warning_soft),
            ("range", palette.accent_soft),
        ] {
            let wanted = format!(".{name}{{fill:#{:02x}{:02x}{:02x}}}", color.r(), color.g(), color.b());
            assert!(text.contains(&wanted), "{wanted}");
        }
    }
}

/// A difference of about 2.3 (ΔE*ab) is just noticed; thin lines need far more.
#[test]
fn curves_are_told_apart_whatever_colours_somebody_sees() {
    const LEAST: f64 = 20.0;
    for (name, palette, _) in ALL {
        let inks = [palette.accent, palette.dropped, palette.other, palette.warning];
        for (who, sight) in &SIGHTS {
            for (place, one) in inks.iter().enumerate() {
                for other in &inks[..place] {
                    let (a, b) = (seen(*one, sight), seen(*other, sight));
                    let apart = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    assert!(apart >= LEAST, "{name}, {who}: {one:?} and {other:?} are {apart:.1} apart");
                }
            }
        }
    }
}
