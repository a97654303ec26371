use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const CD: &str = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

fn with(rest: &str) -> Magnet {
    Magnet::parse(&format!("magnet:?xt=urn:btih:{CD}{rest}")).expect("a magnet")
}

fn dropped(rest: &str) -> Dropped {
    Magnet::read(&format!("magnet:?xt=urn:btih:{CD}{rest}")).expect("a magnet").1
}

fn refused(uri: &str) -> Error {
    Magnet::parse(uri).expect_err(uri)
}

#[test]
fn topics_of_both_versions() {
    let v2 = "ab".repeat(32);
    let magnet =
        Magnet::parse(&format!("magnet:?xt.1=URN:BTIH:{}&xt.2=urn%3Abtmh%3A1220{v2}", CD.to_uppercase()));
    let magnet = magnet.expect("a magnet");
    assert_eq!(magnet.info_hash_v1, Some(InfoHashV1([0xcd; 20])));
    assert_eq!(magnet.info_hash_v2, Some(InfoHashV2([0xab; 32])));
    assert_eq!(magnet.to_string(), format!("magnet:?xt=urn:btih:{CD}&xt=urn:btmh:1220{v2}"));
}

#[test]
fn topics_of_other_networks_are_passed_over() {
    assert_eq!(with("&xt=urn:ed2k:31D6CFE0D16AE931B73C59D7E0C089C0").info_hash_v2, None);
    assert_eq!(refused("magnet:?xt=urn:ed2k:31D6CFE0D16AE931B73C59D7E0C089C0"), Error::NoInfoHash);
}

#[test]
fn wrong_topics_are_refused() {
    for topic in
        ["urn:btih:", "urn:btih:é", "urn:btih:cd", &format!("urn:btih:{CD}0"), &format!("urn:btih:{CD} ")]
    {
        assert!(matches!(refused(&format!("magnet:?xt={topic}")), Error::InfoHashV1 { .. }), "{topic}");
    }
    for topic in ["urn:btmh:", "urn:btmh:1220", &format!("urn:btmh:1220{CD}"), &format!("urn:btmh:{CD}")] {
        assert!(matches!(refused(&format!("magnet:?xt={topic}")), Error::InfoHashV2 { .. }), "{topic}");
    }
    assert!(matches!(refused(&format!("magnet:?xt=urn:btih:{CD}%4")), Error::Escape { .. }));
    let other = "ef".repeat(20);
    let two = refused(&format!("magnet:?xt=urn:btih:{CD}&xt=urn:btih:{other}"));
    assert_eq!(two, Error::TwoTorrents { first: CD.to_owned(), second: other });
}

#[test]
fn other_text_is_refused() {
    for text in ["", "magnet", "magnet:", "magnet:x?xt=a", "magnét:?", "é", "http://a/?xt=urn:btih:1"] {
        assert_eq!(refused(text), Error::NotMagnet, "{text}");
    }
    assert_eq!(refused("magnet:?"), Error::NoInfoHash);
    let long = "a".repeat(MAX_URI + 1);
    assert_eq!(refused(&long), Error::TooLong { length: MAX_URI + 1 });
}

#[test]
fn errors_are_short_and_printable() {
    let shown = refused(&format!("magnet:?xt=urn:btih:\u{1b}[2J%0d{}", "x".repeat(10_000))).to_string();
    assert!(shown.len() < 400 && !shown.chars().any(char::is_control), "{shown}");
}

#[test]
fn names_are_for_people() {
    let name = |value: &str| with(&format!("&dn={value}")).name.map(|name| name.0);
    assert_eq!(name("a+b%20c"), Some(b"a b c".to_vec()));
    assert_eq!(name("100%+%zz%4"), Some(b"100% %zz%4".to_vec()));
    assert_eq!(name("%ff%00"), Some(vec![0xff, 0]));
    assert_eq!(name("a=b"), Some(b"a=b".to_vec()));
    assert_eq!(name(""), None);
}

#[test]
fn urls_that_cannot_be_used_are_dropped() {
    let trackers = with(concat!(
        "&tr=file:///etc/passwd&tr=udp://&tr=http:///x&tr=&tr=http://a%0ab/&tr=http://a%zz/&tr=http://a%ff/",
        "&tr=%20HTTPS://a.example/announce%20&tr=wss://b.example&TR.7=ws://c.example/?a%2Bb+c&tr=javascript:alert(1)",
    ));
    assert_eq!(
        trackers.trackers,
        ["HTTPS://a.example/announce", "wss://b.example", "ws://c.example/?a+b+c"],
        "a `+` in a URL is no blank"
    );
    let seeds = with("&ws=http://a.example/&ws=ftp://b.example/&ws=udp://c.example&ws=http://a.example/");
    assert_eq!(seeds.web_seeds, ["http://a.example/", "ftp://b.example/"]);
}

#[test]
fn addresses_of_every_form() {
    let magnet = with(concat!(
        "&x.pe=[2001:DB8::1]:1&x.pe=%5B::1%5D:2&x.pe=host.example:3&x.pe=a_b-c:4&x.pe=a.:5&x.pe=127.0.0.1:6",
        "&x.pe=::1:7&x.pe=[::1]&x.pe=1.2.3:8&x.pe=1.2.3.256:9&x.pe=:10&x.pe=a..b:11&x.pe=a:+12&x.pe=a:&x.pe=a%00b:13",
        "&x.pe=host.example:3&dht=router.example:6881&dht=x:99999",
    ));
    let peers: Vec<_> = magnet.peers.iter().map(Endpoint::to_string).collect();
    assert_eq!(peers, ["[2001:db8::1]:1", "[::1]:2", "host.example:3", "a_b-c:4", "a.:5", "127.0.0.1:6"]);
    assert_eq!(magnet.dht_nodes.len(), 1);
    let long = format!("{}.example:1", "a".repeat(64));
    assert_eq!(long.parse::<Endpoint>(), Err(InvalidEndpoint::Host));
}

#[test]
fn selections_are_sorted_merged_and_bounded() {
    assert_eq!(with("&so=4-6,5-9,1,,2-,-3,1-2-3&so=0").select_only, [0, 1, 4, 5, 6, 7, 8, 9]);
    assert_eq!(with("&so=10000,10001,0-10001").select_only, [MAX_SELECT]);
    assert_eq!(with("&so=1,x&so=+1&so=").select_only, [0; 0]);
    assert_eq!(parse_selection("0, 2-4"), Ok(vec![0, 2, 3, 4]));
    for wrong in ["", "1,", "4-2", "-1", "x", "10001", "1-", "+1"] {
        assert!(parse_selection(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn sizes_that_are_numbers() {
    assert_eq!(with("&xl=12").exact_length, Some(12));
    assert_eq!(with("&xl=12&xl=x&xl=-1&xl=+3&xl=&xl=99999999999999999999999").exact_length, Some(12));
}

#[test]
fn what_is_left_out_is_noted_with_its_reason() {
    let port = Reason::Endpoint(InvalidEndpoint::Port);
    for (name, value, why) in [
        ("tr", "gopher://t.example", Reason::Tracker),
        ("TR.1", "http:///x", Reason::Tracker),
        ("tr", "http://t/%zz", Reason::Escape),
        ("tr", "http://t/%ff", Reason::Escape),
        ("ws", "udp://w:1", Reason::WebSeed),
        ("x.pe", "1.2.3.4", port.clone()),
        ("x.pe", "1.2.3:4", Reason::Endpoint(InvalidEndpoint::Host)),
        ("dht", "n:0", port),
        ("so", "1,x", Reason::Selection),
        ("xl", "12 MB", Reason::Length),
        ("xl", "99999999999999999999", Reason::Length),
        ("xt", "urn:ed2k:31D6CFE0D16AE931B73C59D7E0C089C0", Reason::Topic),
        ("xs", "http://a.example/t.torrent", Reason::Unknown),
        ("", "x", Reason::Unknown),
    ] {
        let expected = DroppedParameter { name: name.to_owned(), value: value.to_owned(), why };
        let found = dropped(&format!("&dn=a&{name}={value}"));
        assert_eq!(found, Dropped { first: vec![expected], count: 1 });
    }
    let items: Vec<_> = dropped("&so=4,10001,3-1,,7-8").first.into_iter().map(|item| item.value).collect();
    assert_eq!(items, ["10001", "3-1"]);
    let nothing = "&&tr=&tr&foo=&so=,&so=1,&dn=&tr=udp://t:1&tr=udp://t:1&xl=1&x.pe=h:1&x.pe=h:1";
    assert_eq!(dropped(nothing), Dropped::default());
}

#[test]
fn notes_of_what_is_left_out_are_bounded() {
    let long = "ü".repeat(1000);
    let mut uri = format!("&{long}={long}");
    for number in 0..100_000 {
        write!(uri, "&tr=x{number}&y{number}=1&so=3-1,10001").expect("memory");
    }
    let dropped = dropped(&uri);
    assert_eq!((dropped.first.len(), dropped.count), (MAX_DROPPED, 400_001));
    let DroppedParameter { name, value, .. } = &dropped.first[0];
    assert_eq!((name.chars().count(), value.chars().count()), (21, 101));
    assert!(name.ends_with("ü…") && value.ends_with("ü…"));
}

#[test]
fn what_a_full_list_has_no_room_for_is_noted() {
    let mut uri = String::new();
    for number in 0..=MAX_LIST {
        write!(uri, "&tr=udp://t{number}:1").expect("memory");
    }
    // One that is there already takes no room.
    uri.push_str("&tr=udp://t0:1");
    let dropped = dropped(&uri);
    assert_eq!(dropped.count, 1);
    let value = format!("udp://t{MAX_LIST}:1");
    assert_eq!(dropped.first, [DroppedParameter { name: "tr".to_owned(), value, why: Reason::TooMany }]);
}

#[test]
fn lists_are_bounded_and_many_parameters_take_linear_time() {
    let mut uri = format!("magnet:?xt=urn:btih:{CD}");
    for number in 0..100_000 {
        write!(uri, "&tr=udp://t{number}:1&so=0-10000").expect("memory");
    }
    let magnet = Magnet::parse(&uri).expect("a magnet");
    assert_eq!(magnet.trackers.len(), MAX_LIST);
    assert_eq!(magnet.select_only.len(), 10_001);
}

prop_compose! {
    fn any_magnet()(
        v1 in proptest::option::of(any::<[u8; 20]>()),
        v2 in proptest::option::of(any::<[u8; 32]>()),
        name in proptest::option::of(proptest::collection::vec(any::<u8>(), 1..40)),
        exact_length in proptest::option::of(any::<u64>()),
        urls in proptest::collection::btree_set("(http|udp|wss)://[a-z%&=+ü]{1,9}[/?a-z #%&;'é]{0,9}x", 0..5),
        ports in proptest::collection::btree_set(1u16.., 0..5),
        six in any::<u128>(),
        select_only in proptest::collection::btree_set(0..=MAX_SELECT, 0..50),
    ) -> Magnet {
        let v1 = if v2.is_none() { Some(v1.unwrap_or([7; 20])) } else { v1 };
        let host = |port: u16| match port % 3 {
            0 => Host::V4(u32::from(port).wrapping_mul(0x9e37_79b9).into()),
            1 => Host::V6(six.into()),
            _ => Host::Name(format!("h{port}.example")),
        };
        let peers: Vec<_> = ports.into_iter().map(|port| Endpoint { host: host(port), port }).collect();
        Magnet {
            info_hash_v1: v1.map(InfoHashV1),
            info_hash_v2: v2.map(InfoHashV2),
            name: name.map(Text),
            exact_length,
            web_seeds: urls.iter().filter_map(|url| web_seed_url(url)).collect(),
            trackers: urls.into_iter().collect(),
            dht_nodes: peers.iter().rev().cloned().collect(),
            peers,
            select_only: select_only.into_iter().collect(),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(magnet in any_magnet()) {
        let uri = magnet.to_string();
        prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert_eq!(Magnet::read(&uri), Ok((magnet, Dropped::default())));
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC*|magnet:\\?(\\PC|[&=%.+0-9])*|magnet:\\?xt=urn:bt[im]h:[1-2a-f]{32,40}(&(tr|ws|dn|so|x\\.pe|dht|xl|xt)=[^a-z]{0,20}){0,9}"
    ) {
        if let Ok(magnet) = Magnet::parse(&text) {
            prop_assert_eq!(Magnet::read(&magnet.to_string()), Ok((magnet, Dropped::default())));
        }
    }
}
