#pragma once

#include <memory>

#include "venues/alpaca/directory.hpp"
#include "wire/question.hpp"

namespace plumb::venues::alpaca {

/// What the venue's REST answers mean. A body is parsed as a whole before its first event, so a torn one
/// gives none. A row that is not as documented is refused by itself; where the account is asked about, such a
/// row makes the verdict unknown, since a list with a hole proves no absence.
class Answers {
 public:
    static constexpr std::size_t kBodyBytesMax = std::size_t{64} << 20;  // the list of stocks has about 6 MiB

    /// `directory` outlives this and learns from listings.
    Answers(Directory& directory, bool is_paper);
    ~Answers();

    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::venues::alpaca
