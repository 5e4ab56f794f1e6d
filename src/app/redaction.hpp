#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"

namespace plumb::app {

/// `text` with every secret in it as asterisks (X01): the whole of it, each line of a key that has several,
/// and its spelling with \n for line breaks or percent signs as in an address. What is shorter than four
/// bytes is taken for no secret: it would blank common letters. Cost: one search per secret and spelling.
std::string redacted(std::string text, const std::vector<Secret>& secrets);

}  // namespace plumb::app
