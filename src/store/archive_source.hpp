#pragma once

#include <memory>

#include "ports/history_source.hpp"
#include "store/bar_archive.hpp"

namespace plumb::store {

/// The archive as a history. `source` chooses one source; empty takes all of them, and then an instrument
/// that two sources hold is refused by name, since nobody said which is meant. Bars of a length that is not
/// stored are made from the longest stored one that divides it. Errc::not_found when there is no archive, or
/// nothing of that source: says what to type.
Result<std::unique_ptr<HistorySource>> open_archive(const std::filesystem::path& workspace,
                                                    const std::string& source = {});

}  // namespace plumb::store
