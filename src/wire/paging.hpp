#pragma once

#include <string>

#include "wire/question.hpp"

namespace plumb::wire {

/// Makes `question` ask for the page that Reply::next_page named. False for questions without pages.
bool set_page(Question& question, const std::string& page);

}  // namespace plumb::wire
