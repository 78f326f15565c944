//! A real meeting of two devices, heard by somebody between them who holds both their keys: what seeds are made of.

use jisr_client_sdk::testing::{Caller, meet};
use jisr_sync_core::sync::{Card, FrameWriter, PeerMessage, PeerRole};
use tokio::io::{DuplexStream, duplex};

use crate::devices::Device;
use crate::vans::{caller, card, code, device, framed, opposite, runtime};

/// Who says something is at this end, and is heard at the other.
struct Line<'a> {
    channel: Caller<DuplexStream>,
    /// The role of the device that this line leads to.
    role: PeerRole,
    device: &'a Device,
    /// What is said to this device.
    writer: FrameWriter,
    /// What this device said.
    said: Vec<PeerMessage>,
}

/// What the caller of the harness says to its device, which has this role; as it is said for no channel in particular.
pub fn said_to(role: PeerRole) -> Vec<PeerMessage> {
    let (device, caller) = (device(), caller());
    let mut said = runtime().block_on(overhear(&device, role, &caller));
    for message in &mut said {
        if let PeerMessage::Card(at_this_channel) = message {
            *at_this_channel = card(&caller, opposite(role), &[0; 32]);
        }
    }
    said
}

async fn overhear(device: &Device, role: PeerRole, caller: &Device) -> Vec<PeerMessage> {
    let ((here, to_here), (there, to_there)) = (duplex(1 << 16), duplex(1 << 16));
    let code = code();
    let between = async {
        let mut one = Line::open(to_here, role, device).await;
        let mut other = Line::open(to_there, opposite(role), caller).await;
        match role {
            PeerRole::Joins => pass_on(&mut one, &mut other).await,
            PeerRole::Listens => pass_on(&mut other, &mut one).await,
        }
        (one, other)
    };
    let (met, met_too, (_, other)) = tokio::join!(
        meet(&device.local, here, role, &code),
        meet(&caller.local, there, opposite(role), &code),
        between
    );
    met.and(met_too).expect("an honest meeting ends well");
    other.said
}

/// Passes a whole meeting on, in the turns of its protocol.
async fn pass_on(joins: &mut Line<'_>, listens: &mut Line<'_>) {
    one(joins, listens).await;
    one(listens, joins).await;
    let offers = all(joins, listens, |message| matches!(message, PeerMessage::Offered)).await;
    for _ in 0..offers {
        one(listens, joins).await;
    }
    let offers = all(listens, joins, |message| matches!(message, PeerMessage::Offered)).await;
    for _ in 0..offers {
        one(joins, listens).await;
    }
    while !matches!(one(joins, listens).await, PeerMessage::Done) {
        one(listens, joins).await;
    }
    while !matches!(one(listens, joins).await, PeerMessage::Done) {
        one(joins, listens).await;
    }
}

/// Passes messages on up to the last; how many came before it.
async fn all(from: &mut Line<'_>, to: &mut Line<'_>, is_last: impl Fn(&PeerMessage) -> bool) -> usize {
    let mut count = 0;
    while !is_last(&one(from, to).await) {
        count += 1;
    }
    count
}

/// Passes one message on. A card is signed for the channel it goes to.
async fn one(from: &mut Line<'_>, to: &mut Line<'_>) -> PeerMessage {
    let message = from.channel.hear().await.expect("an honest device says something");
    from.said.push(message.clone());
    let message = match message {
        PeerMessage::Card(_) => PeerMessage::Card(for_channel(from, to)),
        other => other,
    };
    let frame = framed(&mut to.writer, &message);
    to.channel.send(&frame).await.expect("an honest device hears it");
    message
}

fn for_channel(from: &Line<'_>, to: &Line<'_>) -> Card {
    card(from.device, from.role, to.channel.binding())
}

impl<'a> Line<'a> {
    async fn open(stream: DuplexStream, role: PeerRole, device: &'a Device) -> Self {
        let channel = Caller::open(stream, opposite(role), &code()).await.expect("both know the code");
        Self { channel, role, device, writer: FrameWriter::new(), said: Vec::new() }
    }
}
