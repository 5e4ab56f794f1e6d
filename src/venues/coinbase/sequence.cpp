#include "venues/coinbase/sequence.hpp"

#include <algorithm>

namespace plumb::venues::coinbase {

SequenceWatch::Channel* SequenceWatch::channel_of(std::string_view name) {
    for (Channel& channel : channels_)
        if (channel.name.view() == name) return &channel;
    return nullptr;
}

SequenceWatch::Judgement SequenceWatch::take(std::string_view name, std::uint64_t number) {
    name = name.substr(0, 24);
    Channel* channel = channel_of(name);
    const bool follows_channel = channel ? number == channel->last + 1 : number == 0;
    const bool follows_connection = !last_ || number == *last_ + 1;
    if (last_ && number <= *last_ && follows_channel) per_channel_ = true;

    Judgement judgement = Judgement::next;
    if (per_channel_) {
        expected_ = channel ? channel->last + 1 : 0;
        if (channel && number <= channel->last) judgement = Judgement::old;
        if (!follows_channel && judgement == Judgement::next && channel) judgement = Judgement::gap;
    } else if (!follows_connection && !follows_channel) {
        expected_ = *last_ + 1;
        judgement = number <= *last_ ? Judgement::old : Judgement::gap;
    }
    if (judgement == Judgement::old) return judgement;
    last_ = std::max(last_.value_or(0), number);
    if (channel)
        channel->last = number;
    else if (channels_.size() < kChannelsMax)
        channels_.push_back({name, number});
    return judgement;
}

}  // namespace plumb::venues::coinbase
