"""What stands between the network and Streamlit, and what is loaded before anyone asks."""
