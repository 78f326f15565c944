//! `enrol`: from the link that the server's QR code carries, or from an address and a code.

use super::Desk;
use super::failure::{EXIT_INVALID, Failure, Own};

/// Enrols this device.
pub(super) async fn enrol(desk: &Desk<'_>, link: &str, code: &[String]) -> Result<(), Failure> {
    let (url, code) = address_and_code(link, code)?;
    let enrolled = desk.client.enrol(&url, &code).await;
    let enrolment = enrolled.map_err(|error| Failure::Enrol { url: url.clone(), error })?;
    say!("{}", desk.voice.say("enrolled", &[("unit", enrolment.unit.as_str().into())]));
    Ok(())
}

/// `https://host/enrol#CODE` holds both; otherwise the code stands beside the address, in one word or in several.
fn address_and_code(link: &str, code: &[String]) -> Result<(String, String), Failure> {
    let (address, inside) = link.trim().split_once('#').unwrap_or((link.trim(), ""));
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix("/enrol").unwrap_or(address);
    let code = if code.is_empty() { inside.replace("%20", " ") } else { code.join(" ") };
    if code.trim().is_empty() {
        return Err(Own::new("no-code", EXIT_INVALID).what(address).into());
    }
    Ok((address.to_owned(), code.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_of_the_qr_code_is_one_argument_and_a_code_may_be_typed_in_groups() {
        let read = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            address_and_code(&words[0], &words[1..]).unwrap()
        };
        let both = ("http://10.0.0.7:8080".to_owned(), "7KQ2-M9XD-0VTB-3HRN".to_owned());

        assert_eq!(read(&["http://10.0.0.7:8080/enrol#7KQ2-M9XD-0VTB-3HRN"]), both);
        assert_eq!(read(&["http://10.0.0.7:8080/enrol/#7KQ2-M9XD-0VTB-3HRN"]), both);
        assert_eq!(read(&["http://10.0.0.7:8080/", "7KQ2-M9XD-0VTB-3HRN"]), both);
        assert_eq!(read(&["http://10.0.0.7:8080", "7KQ2", "M9XD", "0VTB", "3HRN"]).1, "7KQ2 M9XD 0VTB 3HRN");
        assert!(address_and_code("http://10.0.0.7:8080/enrol", &[]).is_err());
    }
}
