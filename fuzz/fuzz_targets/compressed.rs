//! gzip and zstd: what is sound unpacks to what was packed, what is damaged to a beginning of it, and nothing without an end.
#![no_main]

use std::io::Write as _;

use fuzz_common::{assert_discreet, choices, unpacking, write};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use stedi_workbench::landing::fuzzing::unpacked;

fuzz_target!(|bytes: &[u8]| unpacking(bytes, |bytes| {
    let Some(([how, window, at, bit], plain)) = choices(bytes) else { return };
    let window = 1 << (window % 20);
    let mut packed = match how % 4 {
        // As it comes, with the beginning of one or the other.
        0 => [b"\x1f\x8b", plain].concat(),
        1 => [b"\x28\xb5\x2f\xfd".as_slice(), plain].concat(),
        2 => {
            let (one, other) = plain.split_at(usize::from(at).min(plain.len()));
            let parts = if how & 16 == 0 { vec![plain] } else { vec![one, other] };
            parts.into_iter().flat_map(gzip).collect()
        }
        _ => zstd::bulk::compress(plain, 1).unwrap(),
    };
    let is_sound = how % 4 > 1 && how & 32 == 0;
    if !is_sound && how % 4 > 1 {
        let place = usize::from(at) % packed.len();
        if bit == 255 { packed.truncate(place) } else { packed[place] ^= 1 << (bit % 8) }
    }
    let path = write("packed", &packed);
    let (found, damage, size, sha256) = unpacked(&path, window).unwrap();
    assert_eq!(size, packed.len() as u64);
    assert_eq!(sha256, Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    assert!(found.len() as u64 <= (64 << 20).max(500 * size), "unpacks without an end");
    damage.iter().for_each(|damage| assert_discreet(damage));
    if is_sound {
        assert_eq!((found.as_slice(), damage), (plain, None), "what is sound comes back");
    } else if how % 4 > 1 && damage.is_none() && packed.starts_with(&[0x1f, 0x8b]) {
        // A changed bit in what a checksum is of was noticed; in a header it may not matter.
        assert!(found == plain || found.is_empty() || how & 16 != 0, "damage went unnoticed");
    }
}));

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}
