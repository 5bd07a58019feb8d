// Sends the one form of a page that hands a person over to another site. Without scripts there is its button.
"use strict";
document.querySelector("form[data-autosubmit]").submit();
