#pragma once

#include <memory>
#include <vector>

#include "venues/coinbase/grid.hpp"
#include "wire/question.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::coinbase {

/// REST answers as events and a verdict. Nothing of an answer is given out before its last byte was read, so
/// an answer cut short gives no event. In answers about the account one bad row makes the whole answer
/// unknown, since a missing order or fill would be believed absent; in market data it is refused alone.
class AnswerReader {
 public:
    static constexpr std::size_t kBytesMax = std::size_t{64} << 20;

    /// Both outlive the reader. Listings that are read go into `grids`.
    AnswerReader(wire::SymbolMap& symbols, GridTable& grids);
    ~AnswerReader();

    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::venues::coinbase
