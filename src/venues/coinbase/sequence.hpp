#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fixed_text.hpp"

namespace plumb::venues::coinbase {

/// Judges `sequence_num`. The samples and most clients say that one counter runs through a connection; a few
/// say one per channel, and the documents leave it open. So a number is good when it follows the last of the
/// connection or the last of its channel; a number that is good for its channel though the connection had it
/// already proves counters per channel, and from then on they are judged like that. Either way a number above
/// both is a gap.
class SequenceWatch {
 public:
    enum class Judgement : unsigned char { next, old, gap };

    Judgement take(std::string_view channel, std::uint64_t number);
    /// What was expected when the last judgement was a gap.
    std::uint64_t expected() const { return expected_; }

 private:
    static constexpr std::size_t kChannelsMax = 16;

    struct Channel {
        FixedText<24> name;
        std::uint64_t last = 0;
    };
    Channel* channel_of(std::string_view name);

    std::optional<std::uint64_t> last_;
    std::vector<Channel> channels_;
    bool per_channel_ = false;
    std::uint64_t expected_ = 0;
};

}  // namespace plumb::venues::coinbase
