"""What ODK Collect and KoboCollect ask, and the pages that tell how to set them."""
