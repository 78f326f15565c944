//! The sounds of a name that Arabic, French and Tifinagh spellings of it have in common.
//!
//! A key has one letter a sound: `C` for ش and ch, `G` for غ and gh, `x` for خ and kh, `k` for ك, ق, q and hard c.
//! Vowels and weak letters are left out, but for the first of a word (`a`, `y` or `w`), without which too many
//! short names would be alike. Names that differ in vowels only (Hassan, Hussein) have one key: it finds
//! candidates, it decides nothing.

use unicode_normalization::UnicodeNormalization;

use super::fold;

/// Abbreviations of a name that its sounds cannot be found in.
const SHORT_FOR: [(&str, &str); 4] = [("med", "mohamed"), ("md", "mohamed"), ("mohd", "mohamed"), ("mhd", "mohamed")];

/// The articles, as words of their own.
const ARTICLES: [&str; 4] = ["el", "al", "l", "ال"];

/// Two letters of one sound, and that sound.
const DIGRAPHS: [(&str, char); 8] =
    [("ch", 'C'), ("sh", 'C'), ("kh", 'x'), ("gh", 'G'), ("th", 't'), ("dh", 'd'), ("ph", 'f'), ("dj", 'j')];

/// The sounds of a name, its words run together: for `عبد الرحمان`, `Abderrahmane` and `Abdel Rahman` the same
/// `abdrhmn`. Empty when the text has no letters.
pub fn name_key(name: &str) -> String {
    words(name).concat()
}

/// The sounds of each word of a name, articles left out.
pub(super) fn words(name: &str) -> Vec<String> {
    let composed: String = name.nfc().collect();
    let mut keys = Vec::new();
    for raw in composed.split(|c: char| c.is_whitespace() || c == '-') {
        // The article is looked for before folding, which would make one of the first letters of إلياس.
        let (head, rest) = parts(raw);
        for part in [head, rest] {
            for word in fold(part).split(' ').filter(|word| !ARTICLES.contains(word)) {
                let long = SHORT_FOR.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| *long);
                keys.extend(latin_parts(long).iter().map(|part| sounds(part)).filter(|key| !key.is_empty()));
            }
        }
    }
    keys
}

/// Splits an Arabic word at its article: what is before it (عبد in one word with its second part), what is after.
fn parts(raw: &str) -> (&str, &str) {
    let bare = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
    for (head, article) in [("عبد", "عبدال"), ("", "ال"), ("", "ٱل"), ("", "لل")] {
        if let Some(rest) = bare.strip_prefix(article)
            && rest.chars().count() >= 2
        {
            return (head, rest);
        }
    }
    ("", bare)
}

/// Splits a folded Latin word at its article: Abdelkader, Elkacemi, Lhoucine.
fn latin_parts(word: &str) -> Vec<&str> {
    for prefix in ["abdel", "abdal", "abdul", "abdoul", "abdol"] {
        if let Some(rest) = word.strip_prefix(prefix) {
            return vec!["abd", rest];
        }
    }
    if let [b'e', first, second, ..] = word.as_bytes()
        && first == second
        && b"dnrstz".contains(first)
    {
        // The article's l has become the letter after it: Ezzahra, Eddine.
        return vec![&word[2..]];
    }
    let after = ["el", "al", "l"].iter().find_map(|article| word.strip_prefix(article));
    match after {
        Some(rest) if rest.len() >= 3 && rest.starts_with(|c: char| is_latin_consonant(c) && c != 'l') => vec![rest],
        _ => vec![word],
    }
}

fn is_latin_consonant(c: char) -> bool {
    c.is_ascii_lowercase() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w')
}

/// The sounds of one folded word.
fn sounds(word: &str) -> String {
    let mut key = String::new();
    let mut rest = word;
    let mut last_letter = None;
    while let Some(letter) = rest.chars().next() {
        let digraph = DIGRAPHS.iter().find(|(letters, _)| rest.starts_with(letters));
        let taken = digraph.map_or(letter.len_utf8(), |(letters, _)| letters.len());
        let after = &rest[taken..];
        let sound = digraph.map_or_else(|| sound(letter, after), |(_, sound)| Some(*sound));
        // A doubled consonant is one sound; Arabic writes it once.
        if let Some(sound) = sound.filter(|_| last_letter != Some(letter)) {
            key.push(sound);
        } else if last_letter.is_none() {
            key.extend(first_vowel(word));
        }
        last_letter = Some(letter);
        rest = after;
    }
    // A last h is the silent letter of Khadijah as often as a sound.
    if word.ends_with(['h', 'ه', 'ح']) && key.len() > 1 {
        key.pop();
    }
    key
}

/// What a word that starts with a vowel or a weak letter starts with.
fn first_vowel(word: &str) -> Option<char> {
    let mut letters = word.chars();
    let (first, second, third) = (letters.next()?, letters.next(), letters.next());
    let vowel = |c: Option<char>| c.is_some_and(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
    match first {
        'ي' | 'ⵢ' | 'y' => Some('y'),
        'و' | 'ⵡ' | 'w' => Some('w'),
        'o' if second == Some('u') && vowel(third) => Some('w'),
        'i' if vowel(second) => Some('y'),
        c if c.is_alphabetic() => Some('a'),
        _ => None,
    }
}

/// The sound of a letter, before `after`; `None` for vowels and weak letters.
fn sound(letter: char, after: &str) -> Option<char> {
    let soft = after.starts_with(['e', 'i', 'y']);
    Some(match letter {
        'b' | 'p' | 'ب' | 'پ' | 'ⴱ' => 'b',
        't' | 'ت' | 'ث' | 'ط' | 'ⵜ' | 'ⵟ' => 't',
        'j' | 'ج' | 'ⵊ' => 'j',
        'g' if soft => 'j',
        'h' | 'ح' | 'ه' | 'ⵀ' | 'ⵃ' => 'h',
        'خ' | 'ⵅ' => 'x',
        'd' | 'د' | 'ذ' | 'ض' | 'ظ' | 'ⴷ' | 'ⴹ' => 'd',
        'r' | 'ر' | 'ⵔ' | 'ⵕ' => 'r',
        'z' | 'ز' | 'ⵣ' | 'ⵥ' => 'z',
        'c' if soft => 's',
        's' | 'س' | 'ص' | 'ⵙ' | 'ⵚ' => 's',
        'ش' | 'ⵛ' => 'C',
        'غ' | 'ⵖ' => 'G',
        'f' | 'v' | 'ف' | 'ڤ' | 'ⴼ' => 'f',
        'k' | 'q' | 'c' | 'g' | 'ك' | 'ق' | 'ⴽ' | 'ⴳ' | 'ⵇ' => 'k',
        'l' | 'ل' | 'ⵍ' => 'l',
        'm' | 'م' | 'ⵎ' => 'm',
        'n' | 'ن' | 'ⵏ' => 'n',
        'x' => 'k',
        digit if digit.is_ascii_digit() => digit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moroccan names with the spellings civil registers and crews use.
    const SPELLINGS: &[&[&str]] = &[
        &["محمد", "مُحَمَّد", "Mohamed", "Mohammed", "Muhammad", "Mouhamed", "M’hamed", "Med", "ⵎⵓⵃⴰⵎⵎⴰⴷ"],
        &["أيوب", "ايوب", "Ayoub", "Ayyoub", "Ayub"],
        &["يوسف", "Youssef", "Yousef", "Yusuf", "Yosef"],
        &["خديجة", "Khadija", "Khadidja", "Khadijah", "Khdija"],
        &["فاطمة الزهراء", "Fatima Zahra", "Fatima-Zahra", "Fatimazahra", "Fatima Ezzahra", "Fatim Zohra"],
        &["عبد الرحمان", "عبد الرحمن", "عبدالرحمان", "Abderrahman", "Abderrahmane", "Abdel Rahman"],
        &["عبد القادر", "Abdelkader", "Abdelqader", "Abd El Kader"],
        &["عبد الله", "عبدالله", "Abdellah", "Abdallah"],
        &["عبد السلام", "Abdeslam", "Abdessalam"],
        &["القاسمي", "قاسمي", "Kacemi", "El Kacemi", "Elkacemi", "Qasmi", "Al-Qasimi"],
        &["الغزالي", "El Ghazali", "Elghazali", "Ghazali"],
        &["عثمان", "Othmane", "Othman", "Outmane"],
        &["نور الدين", "Noureddine", "Nour-Eddine", "Nourdine"],
        &["عائشة", "Aicha", "Aïcha", "Aisha"],
        &["إبراهيم", "ابراهيم", "Ibrahim"],
        &["مصطفى", "Mustapha", "Mostafa", "Moustapha"],
        &["الحسين", "حسين", "Houcine", "Lhoucine", "El Houssine", "Hussein"],
        &["رضوان", "Redouane", "Radouan"],
        &["هشام", "Hicham", "Hisham"],
        &["جمال", "Jamal", "Djamel"],
        &["العلوي", "Alaoui", "El Alaoui"],
        &["إلياس", "Ilyas", "Elias", "Iliass"],
        &["وفاء", "Wafae", "Ouafae", "Wafa"],
        &["غزلان", "Ghizlane", "Ghizlan"],
        &["سعيد", "Saïd", "Said"],
        &["زينب", "Zineb", "Zaynab", "Zaineb"],
        &["طارق", "Tarik", "Tariq"],
        &["الإدريسي", "Idrissi", "El Idrissi"],
        &["تمازيغت", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "Tamazight"],
    ];

    #[test]
    fn the_spellings_of_one_name_have_one_key() {
        for spellings in SPELLINGS {
            let key = name_key(spellings[0]);
            assert!(key.len() >= 2, "{} has the key {key:?}", spellings[0]);
            for spelling in *spellings {
                assert_eq!(name_key(spelling), key, "{spelling} for {}", spellings[0]);
            }
        }
    }

    #[test]
    fn different_names_have_different_keys() {
        // Each pair of rows, but for names that differ in vowels only.
        for (at, one) in SPELLINGS.iter().enumerate() {
            for other in &SPELLINGS[at + 1..] {
                assert_ne!(name_key(one[0]), name_key(other[0]), "{} and {}", one[0], other[0]);
            }
        }
    }

    #[test]
    fn a_text_without_letters_has_no_key() {
        for text in ["", " ", "-", "؟", "ـ", "!!"] {
            assert_eq!(name_key(text), "", "{text}");
        }
    }
}
